using Kedge.Recovery.Capture;

namespace Kedge.Recovery.Tests.Capture;

public sealed class PortablePropertiesTests
{
    [Theory]
    [InlineData("hw_machine_type", true)]
    [InlineData("hw_firmware_type", true)]
    [InlineData("os_type", true)]
    [InlineData("os_require_quiesce", true)]
    [InlineData("our_own", true)]
    [InlineData("os_glance_failed_import", false)]
    [InlineData("base_image_ref", false)]
    [InlineData("instance_uuid", false)]
    [InlineData("cinder_encryption_key_id", false)]
    [InlineData("owner_user_name", false)]
    [InlineData("owner_specified.openstack.md5", false)]
    [InlineData("locations", false)]
    [InlineData("direct_url", false)]
    [InlineData("img_signature_certificate_uuid", false)]
    [InlineData("block_device_mapping", false)]
    public void A_property_is_carried_over_only_if_it_means_something_elsewhere(string name, bool isPortable)
    {
        var (carried, leftOut) = PortableProperties.Split([new(name, "x"), new("kedge_run", "ours")]);

        Assert.Equal(isPortable ? [name] : [], carried.Keys);
        Assert.Equal(isPortable ? [] : [name], leftOut);
    }
}
