using System.Collections.Concurrent;
using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api;

/// <summary>Begins a run for a caller, once for each key, and has it executed.</summary>
sealed class RunStarts(ApiParts parts)
{
    const int MostRemarks = 1000;

    public Task<IResult> StartAsync(HttpContext context, Caller caller, Func<RunBeginning, Task<RunStarted>> begin, CancellationToken cancel) =>
        parts.Once.StartAsync(context, caller, V1Json.Default.RunStarted, async run =>
        {
            var remarks = new ConcurrentQueue<string>();
            var started = await begin(new RunBeginning(run, caller.Name, new Remembered(remarks)));
            // Once it is written down it is executed, even if the caller does not wait for the answer; and if not by this, then by the patrol.
            await parts.ExecuteAsync(Plans.RunId.Parse(started.Run.Id), CancellationToken.None);
            return started with { Remarks = [.. remarks.Take(MostRemarks)] };
        }, cancel);

    sealed class Remembered(ConcurrentQueue<string> remarks) : IProgress<string>
    {
        public void Report(string value) => remarks.Enqueue(value);
    }
}
