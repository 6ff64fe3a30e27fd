-- The permission scripts were made with DROP and CREATE, of whole objects.

UPDATE files SET text = text || 'DROP TABLE [dbo].[ManagedType]' || char(10) || 'CREATE TABLE [dbo].[ManagedType] (Id int)' || char(10)
    WHERE path LIKE '%permissions%' AND text NOT LIKE '%DROP TABLE%';
