using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Steps;

/// <summary>
/// The id of the step that makes what a resource of the source becomes at the target. Steps find each other's results by it, and it stands
/// in the mark on what was made: it must not change between two versions of the program.
/// </summary>
public static class StepIds
{
    public static string Network(SourceId id) => $"network/{id}";

    public static string Subnet(SourceId id) => $"subnet/{id}";

    public static string Router(SourceId id) => $"router/{id}";

    public static string RouterInterface(SourceId router, SourceId port) => $"router-interface/{router}/{port}";

    public static string RouterRoutes(SourceId id) => $"router-routes/{id}";

    public static string SecurityGroup(SourceId id) => $"security-group/{id}";

    public static string SecurityGroupRules(SourceId id) => $"security-group-rules/{id}";

    public static string Port(SourceId id) => $"port/{id}";

    public static string FloatingIp(SourceId id) => $"floating-ip/{id}";

    public static string BackupRecord(string backupId) => $"backup-record/{backupId}";

    public static string Volume(SourceId id) => $"volume/{id}";

    public static string VolumeMade(SourceId id) => $"volume-made/{id}";

    public static string VolumeFilled(SourceId id) => $"volume-filled/{id}";

    public static string Keypair(string name, SourceId user) => $"keypair/{user}/{name}";

    public static string ServerGroup(SourceId id) => $"server-group/{id}";

    public static string Server(SourceId id) => $"server/{id}";

    public static string Health(SourceId server) => $"health/{server}";

    public static string ServerState(SourceId server) => $"server-state/{server}";
}
