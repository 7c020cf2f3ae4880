namespace Kedge.Contracts.Moving;

/// <summary>Which mover can take which order.</summary>
public static class MoveNeeds
{
    /// <summary>What a mover's offer must name to open this device: <c>file</c>, <c>nbd</c>, <c>rbd:CLUSTER</c> or <c>luks:CLUSTER</c>; empty: nothing.</summary>
    public static string Of(MoveDevice device) => device switch
    {
        MoveDevice.Rbd rbd => $"rbd:{rbd.Cluster}",
        MoveDevice.Luks luks => $"luks:{luks.Below.Cluster}",
        MoveDevice.Nbd => "nbd",
        MoveDevice.None => "",
        _ => "file",
    };

    /// <summary>Whether the mover reaches both ends of the order.</summary>
    public static bool AreMetBy(MoverOffer offer, MoveOrder order) => offer.Repositories.Contains(order.Repository) && (order.Device is MoveDevice.None || offer.Devices.Contains(Of(order.Device)));
}
