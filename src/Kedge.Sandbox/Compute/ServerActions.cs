using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>POST /servers/{id}/action</summary>
static class ServerActions
{
    public static SandboxResponse Do(Call call)
    {
        var server = Servers.GetReachable(call);
        var name = call.Body().FirstOrDefault().Key ?? "";
        var action = call.Body()[name] as JsonObject ?? [];
        if (name is not ("lock" or "unlock" or "os-getConsoleOutput" or "createImage"))
            Servers.RefuseLocked(call, server);
        if (name != "os-getConsoleOutput")
            server.Actions.Add(new(name.Replace("os-", "", StringComparison.Ordinal), call.Now, null));
        return name switch
        {
            "createImage" => ServerImages.Create(call, server, action),
            "os-getConsoleOutput" => SandboxResponse.Json(200, new JsonObject { ["output"] = Console(call, server) }),
            "lock" => Lock(call, server, action),
            "unlock" => Unlock(call, server),
            "addSecurityGroup" or "removeSecurityGroup" => ChangeGroup(call, server, action.RequiredText("name"),
                name == "addSecurityGroup"),
            "os-resetState" => Reset(call, server, action),
            "forceDelete" => Delete(call, server),
            _ => ChangePower(call, server, name, action),
        };
    }

    static SandboxResponse ChangePower(Call call, Server server, string name, JsonObject action)
    {
        var nova = call.Cloud.Nova;
        switch (name)
        {
            case "os-start":
                Need(server, "start", "stopped");
                ServerLife.Start(nova, server);
                break;
            case "os-stop":
                Need(server, "stop", "active", "error");
                ServerLife.Stop(nova, server);
                break;
            case "pause":
                Need(server, name, "active");
                ServerLife.Become(nova, server, "pausing", "paused", 3);
                break;
            case "unpause":
                Need(server, name, "paused");
                ServerLife.Become(nova, server, "unpausing", "active", 1);
                break;
            case "suspend":
                Need(server, name, "active");
                ServerLife.Become(nova, server, "suspending", "suspended", 4);
                break;
            case "resume":
                Need(server, name, "suspended");
                ServerLife.Become(nova, server, "resuming", "active", 1);
                break;
            case "reboot":
                Need(server, name, "active", "stopped", "paused", "suspended", "error");
                ServerLife.Become(nova, server, action.Text("type") == "HARD" ? "rebooting_hard" : "rebooting", "active", 1);
                break;
            case "shelve":
                Need(server, name, "active", "stopped", "paused", "suspended");
                server.ShelvedImageId = ServerImages.Shelve(call, server);
                nova.Cloud.In(nova.Cloud.Latencies.ServerAction, () => ServerLife.Offload(nova, server));
                break;
            case "shelveOffload":
                Need(server, name, "shelved", "shelved_offloaded");
                ServerLife.Offload(nova, server);
                break;
            case "unshelve":
                Need(server, name, "shelved", "shelved_offloaded");
                ServerLife.Unshelve(nova, server);
                break;
            default:
                throw ApiFault.Bad($"There is no such action: {name}");
        }
        return SandboxResponse.Empty(202);
    }

    static void Need(Server server, string action, params ReadOnlySpan<string> vmStates)
    {
        if (server.TaskState is { } task)
            throw ApiFault.Conflict($"Cannot '{action}' instance {server.Id} while it is in task_state {task}");
        if (!vmStates.Contains(server.VmState))
            throw ApiFault.Conflict($"Cannot '{action}' instance {server.Id} while it is in vm_state {server.VmState}");
    }

    static SandboxResponse Lock(Call call, Server server, JsonObject action)
    {
        if (action.ContainsKey("locked_reason") && call.Version < 73)
            throw Servers.Unexpected("locked_reason");
        server.LockedBy = call.Token.User.Id == server.UserId ? "owner" : "admin";
        server.LockedReason = action.Text("locked_reason");
        return SandboxResponse.Empty(202);
    }

    static SandboxResponse Unlock(Call call, Server server)
    {
        if (server.LockedBy == "admin")
            call.NeedAdmin("os_compute_api:os-lock-server:unlock:unlock_override");
        server.LockedBy = server.LockedReason = null;
        return SandboxResponse.Empty(202);
    }

    static SandboxResponse Reset(Call call, Server server, JsonObject action)
    {
        call.NeedAdmin("os_compute_api:os-admin-actions:reset_state");
        server.VmState = action.RequiredText("state");
        server.TaskState = null;
        server.UpdatedAt = call.Now;
        return SandboxResponse.Empty(202);
    }

    static SandboxResponse Delete(Call call, Server server)
    {
        ServerLife.Delete(call.Cloud.Nova, server);
        return SandboxResponse.Empty(202);
    }

    static SandboxResponse ChangeGroup(Call call, Server server, string name, bool isAdded)
    {
        var group = call.Cloud.Neutron.SecurityGroups.FirstOrDefault(g => g.ProjectId == server.ProjectId
            && (g.Name == name || g.Id == name))
            ?? throw ApiFault.NotFound($"Security group {name} not found for project {server.ProjectId}.");
        foreach (var port in server.Nics.Select(n => n.Port).Where(p => p.HasPortSecurity))
        {
            port.SecurityGroupIds.Remove(group.Id);
            if (isAdded)
                port.SecurityGroupIds.Add(group.Id);
        }
        return SandboxResponse.Empty(202);
    }

    /// <summary>What a small guest says while it boots.</summary>
    static string Console(Call call, Server server)
    {
        if (server.LaunchedAt is null)
            return "";
        List<string> lines =
        [
            $"[    0.000000] Linux version 5.15.0 (sandbox@{call.Cloud.Settings.Name})",
            $"[    0.000000] DMI: OpenStack Foundation OpenStack Nova, uuid {server.Id}",
            .. server.Nics.SelectMany(n => n.Port.FixedIps.Select(ip => $"[    2.100000] {n.Port.Mac} has address {ip.Address}")),
            $"{server.Hostname} login: ",
        ];
        return string.Join('\n', lines);
    }
}
