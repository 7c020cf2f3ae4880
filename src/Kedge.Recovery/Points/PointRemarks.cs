namespace Kedge.Recovery.Points;

/// <summary>Remarks of points that mean something to more than a reader.</summary>
public static class PointRemarks
{
    internal const string MapLied = "the storage called blocks unchanged that had changed";

    /// <summary>The storage's tracking of changes was wrong; the point is right, since everything was read and compared.</summary>
    public static bool IsOfMapThatLied(string remark) => remark.Contains(MapLied, StringComparison.Ordinal);
}
