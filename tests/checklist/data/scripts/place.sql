-- Where is it?
SELECT Name AS name, Age AS age FROM dbo.Place WHERE [Odd?] = ? /* ? */;
