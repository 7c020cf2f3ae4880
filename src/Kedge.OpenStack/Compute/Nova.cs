using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Compute;

/// <summary>The microversions that calls to Nova are made with, and why. <c>https://docs.openstack.org/nova/latest/reference/api-microversion-history.html</c></summary>
static class Nova
{
    /// <summary>The last one whose servers tell the id of their flavor.</summary>
    public static readonly Microversion LastWithFlavorId = new(2, 46);

    /// <summary>The newest that this library knows: scheduler hints.</summary>
    public static readonly Microversion Newest = new(2, 100);

    /// <summary>Before anything that is asked for here.</summary>
    public static readonly Microversion Oldest = new(2, 1);

    /// <summary>Whatever the cloud has.</summary>
    public static readonly VersionRange Any = new(Oldest, Newest, "reading");

    public static readonly VersionRange FlavorId = new(Oldest, LastWithFlavorId, "the id of a server's flavor");
    public static readonly VersionRange Tags = new(new(2, 26), Newest, "server tags");
    public static readonly VersionRange LockReason = new(new(2, 73), Newest, "the reason of a lock");
    public static readonly VersionRange Attach = new(new(2, 79), Newest, "delete_on_termination of an attached volume");

    /// <summary>A volume of several servers is attached to a second one only from 2.60 on.</summary>
    public static readonly VersionRange AttachAny = new(Oldest, Newest, "attaching a volume");
    public static readonly VersionRange AttachTag = new(new(2, 49), Newest, "the tag of an attached device");
    public static readonly VersionRange ImageId = new(new(2, 45), Newest, "the id of the image that is made");
    public static readonly VersionRange KeypairType = new(new(2, 10), Newest, "keypairs of other users");
    public static readonly VersionRange GroupRules = new(new(2, 64), Newest, "rules of a server group");
    public static readonly VersionRange GroupPolicies = new(new(2, 15), new(2, 63), "soft policies of server groups");
    public static readonly VersionRange ServiceIds = new(new(2, 53), Newest, "ids of services and hypervisors");
    public static readonly VersionRange HypervisorSize = new(new(2, 53), new(2, 87), "ids of hypervisors");
    public static readonly VersionRange UnshelveZone = new(new(2, 77), Newest, "unshelving into an availability zone");
}
