using System.Text.Json;
using Kedge.Availability.Description;
using Kedge.Availability.Pacemaker;
using Kedge.Mediator.Desk;
using Kedge.Mediator.Settings;
using Kedge.Blocks.Devices;
using Kedge.Mover.Boards;
using Kedge.Mover.Settings;
using Kedge.Mover.Transfers;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;

namespace Kedge;

/// <summary>An error as a person at the terminal needs it: what happened, to which resource, what to do; and the exit code for a script.</summary>
static class Failure
{
    public static int Print(Exception e, TextWriter error)
    {
        var (code, whatToDo) = Read(e);
        error.WriteLine($"kedge: {Text(e)}");
        if (whatToDo is not null)
            error.WriteLine($"       {whatToDo}");
        if (e is OpenStackException { RequestId: { } request } cloud)
            error.WriteLine($"       Request id at {cloud.Cloud}: {request}");
        return code;
    }

    static string Text(Exception e) => e switch
    {
        OperationCanceledException => "interrupted.",
        SettingsException settings => "the settings of the cloud cannot be used:" + string.Concat(settings.Problems.Select(problem => $"\n  - {problem}")),
        _ when Read(e).Code == ExitCodes.Failed => $"this was not foreseen, please report it: {e}",
        _ => e.Message,
    };

    static (int Code, string? WhatToDo) Read(Exception e) => e switch
    {
        OperationCanceledException => (ExitCodes.Interrupted, "A run that had begun is not lost: kedge run list, kedge run resume RUN."),
        UsageException or RecordException or BlueprintException or FormatException => (ExitCodes.Usage, null),
        SettingsException or MappingException or DescriptionException or MediatorSettingsException or MoverSettingsException => (ExitCodes.Usage, null),
        CaptureException => (ExitCodes.Cloud, "No point was begun; the last good one stays what it is."),
        ProtectionException or FailoverRefusedException => (ExitCodes.NotReady, null),
        ClusterException { MayHaveHappened: true } => (ExitCodes.Cloud, "Look at the cluster before trying again: kedge ha status."),
        ClusterException => (ExitCodes.Cloud, null),
        OpenStackException cloud => (ExitCodes.Cloud, WhatToDo(cloud)),
        BoardException => (ExitCodes.Cloud, "Does a run wait for movers there, and may this machine reach it? docs/operate/mover.md"),
        MoveException move => (ExitCodes.Stopped, move.WhatToDo),
        MoveBoardFullException => (ExitCodes.Conflict, null),
        RunConflictException => (ExitCodes.Conflict, "kedge run list shows it; kedge run resume RUN, or kedge run abandon RUN."),
        SupersededException => (ExitCodes.Conflict, "Another kedge has this run now; follow it with kedge run show."),
        ProblemException problem => (ExitCodes.Usage, problem.WhatToDo),
        RunNotFoundException => (ExitCodes.Usage, "kedge run list shows those there are."),
        RunEndedException or CleanupRefusedException or RefusedException => (ExitCodes.Conflict, null),
        JournalException or RepositoryException => (ExitCodes.Storage, null),
        Blocks.RepositoryException { Fault: Blocks.RepositoryFault.Refused } => (ExitCodes.Usage, null),
        Blocks.RepositoryException or DeviceException => (ExitCodes.Storage, null),
        IOException or UnauthorizedAccessException => (ExitCodes.Storage, "Check the disk's space and the rights on the path."),
        JsonException => (ExitCodes.Storage, "It was perhaps written by a newer kedge."),
        _ => (ExitCodes.Failed, null),
    };

    static string? WhatToDo(OpenStackException e) => e.Fault switch
    {
        Fault.Unauthorized => $"Check user, password and project of '{e.Cloud}' in clouds.yaml and secure.yaml.",
        Fault.Forbidden => $"The user of '{e.Cloud}' lacks the right for this call: give the site an admin cloud, or the user a role.",
        Fault.Untrusted => $"Give '{e.Cloud}' the certificate of its authority: cacert in clouds.yaml. Nothing was sent.",
        Fault.Unreachable => $"Is the address of '{e.Cloud}' right, and can this machine reach it? Nothing was sent.",
        Fault.OverQuota => "Raise the quota of the project there, or free something.",
        Fault.NoEndpoint => $"Check region_name and interface of '{e.Cloud}' in clouds.yaml.",
        _ => null,
    };
}
