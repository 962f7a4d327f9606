-- Version 10: a borrower's loans are found without reading everybody's (see ../../sqlite/migrations/0009.sql).

ALTER TABLE loan ADD COLUMN borrower UUID;
UPDATE loan SET borrower = CAST(CAST(body AS json) #>> '{terms,borrower}' AS UUID);
ALTER TABLE loan ALTER COLUMN borrower SET NOT NULL;
CREATE INDEX loan_by_borrower ON loan (borrower, number);
