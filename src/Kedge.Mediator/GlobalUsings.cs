// The records of the API are named as those of the house; V1 in front of a name says which are meant.
global using V1 = Kedge.Contracts.V1;
