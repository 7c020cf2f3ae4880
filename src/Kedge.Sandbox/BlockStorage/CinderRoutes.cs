using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

static class CinderRoutes
{
    public static Api Define(SandboxSettings settings)
    {
        var routes = new RouteTable();
        OfVolumes(routes);
        OfBackups(routes);
        OfTypesAndGroups(routes);
        OfOperators(routes);
        return new("volumev3", "cinderv3", "volume", "/volume/v3/{project}", "v3", routes, Refusals.Nova,
            new Microversions("volume", 3, 0, settings.CinderMicroversion));
    }

    static void OfVolumes(RouteTable routes) => routes
        .Get("/volumes", c => Volumes.List(c, VolumeView.Brief))
        .Get("/volumes/detail", c => Volumes.List(c, VolumeView.Detail))
        .Post("/volumes", VolumeCreation.Create)
        .Get("/volumes/{id}", Volumes.Show)
        .Put("/volumes/{id}", Volumes.Update)
        .Delete("/volumes/{id}", Volumes.Delete)
        .Post("/volumes/{id}/action", VolumeActions.Do)
        .Get("/volumes/{id}/metadata", VolumeMetadata.List)
        .Post("/volumes/{id}/metadata", VolumeMetadata.Add)
        .Put("/volumes/{id}/metadata", VolumeMetadata.Replace)
        .Delete("/volumes/{id}/metadata/{key}", VolumeMetadata.Remove)
        .Get("/snapshots", c => Snapshots.List(c, false))
        .Get("/snapshots/detail", c => Snapshots.List(c, true))
        .Post("/snapshots", Snapshots.Create)
        .Get("/snapshots/{id}", Snapshots.Show)
        .Put("/snapshots/{id}", Snapshots.Update)
        .Delete("/snapshots/{id}", Snapshots.Delete)
        .Get("/attachments", c => Attachments.List(c, false))
        .Get("/attachments/detail", c => Attachments.List(c, true))
        .Post("/attachments", Attachments.Create)
        .Get("/attachments/{id}", Attachments.Show)
        .Put("/attachments/{id}", Attachments.Update)
        .Post("/attachments/{id}/action", Attachments.Act)
        .Delete("/attachments/{id}", Attachments.Delete);

    static void OfBackups(RouteTable routes) => routes
        .Get("/backups", c => Backups.List(c, false))
        .Get("/backups/detail", c => Backups.List(c, true))
        .Post("/backups", BackupCreation.Create)
        .Post("/backups/import_record", BackupRecords.Import, Access.Admin)
        .Get("/backups/{id}", Backups.Show)
        .Put("/backups/{id}", Backups.Update)
        .Delete("/backups/{id}", Backups.Delete)
        .Post("/backups/{id}/action", Backups.Act, Access.Admin)
        .Post("/backups/{id}/restore", BackupRestore.Restore)
        .Get("/backups/{id}/export_record", BackupRecords.Export, Access.Admin);

    static void OfTypesAndGroups(RouteTable routes) => routes
        .Get("/types", VolumeTypes.List)
        .Post("/types", VolumeTypes.Create, Access.Admin)
        .Get("/types/{id}", VolumeTypes.Show)
        .Delete("/types/{id}", VolumeTypes.Delete, Access.Admin)
        .Get("/types/{id}/extra_specs", VolumeTypes.ExtraSpecs)
        .Post("/types/{id}/extra_specs", VolumeTypes.AddExtraSpecs, Access.Admin)
        .Get("/types/{id}/encryption", VolumeTypes.ShowEncryption, Access.Admin)
        .Post("/types/{id}/encryption", VolumeTypes.CreateEncryption, Access.Admin)
        .Get("/group_types", Groups.ListTypes)
        .Get("/group_types/{id}", Groups.ShowType)
        .Post("/group_types", Groups.CreateType, Access.Admin)
        .Get("/groups", c => Groups.List(c, false))
        .Get("/groups/detail", c => Groups.List(c, true))
        .Post("/groups", Groups.Create)
        .Get("/groups/{id}", Groups.Show)
        .Put("/groups/{id}", Groups.Update)
        .Post("/groups/{id}/action", Groups.Act)
        .Get("/group_snapshots", c => GroupSnapshots.List(c, false))
        .Get("/group_snapshots/detail", c => GroupSnapshots.List(c, true))
        .Post("/group_snapshots", GroupSnapshots.Create)
        .Get("/group_snapshots/{id}", GroupSnapshots.Show)
        .Delete("/group_snapshots/{id}", GroupSnapshots.Delete);

    static void OfOperators(RouteTable routes) => routes
        .Get("/os-quota-sets/{project}", VolumeQuotas.Show)
        .Get("/os-quota-sets/{project}/defaults", VolumeQuotas.Show)
        .Put("/os-quota-sets/{project}", VolumeQuotas.Update, Access.Admin)
        .Delete("/os-quota-sets/{project}", VolumeQuotas.Reset, Access.Admin)
        .Get("/limits", VolumeQuotas.Limits)
        .Get("/os-services", BackEnds.Services, Access.Admin)
        .Get("/os-availability-zone", BackEnds.Zones)
        .Get("/scheduler-stats/get_pools", BackEnds.Pools, Access.Admin)
        .Get("/qos-specs", _ => Nothing("qos_specs"), Access.Admin)
        .Get("/os-volume-transfer", _ => Nothing("transfers"))
        .Get("/os-volume-transfer/detail", _ => Nothing("transfers"))
        .Get("/extensions", _ => Nothing("extensions"))
        .Get("/resource_filters", _ => Nothing("resource_filters"));

    static SandboxResponse Nothing(string key) => SandboxResponse.Json(200, new JsonObject { [key] = new JsonArray() });
}
