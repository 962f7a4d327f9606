//! Hold-back draw, seeds, copy codes and accusation with a stated bound.
