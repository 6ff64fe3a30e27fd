-- Management packs whose deployment into the data warehouse has not come to its end (6 is the status Completed).
SELECT COUNT(*) AS unfinished FROM dbo.DeploySequenceView AS deployment WHERE deployment.DeploymentStatusId <> 6;
