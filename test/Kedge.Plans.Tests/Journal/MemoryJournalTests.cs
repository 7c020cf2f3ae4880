namespace Kedge.Plans.Tests;

public sealed class MemoryJournalTests : JournalConformance
{
    protected override Task<IJournal> OpenAsync() => Task.FromResult<IJournal>(new MemoryJournal(Clock));

    [Fact]
    public async Task Power_lost_before_a_write_loses_it_and_after_a_write_keeps_it()
    {
        var journal = new MemoryJournal(Clock);
        var epoch = await BeginAndStartAsync(journal);

        journal.OnWrite = (moment, _) => throw (moment is WriteMoment.Before ? new PowerLostException("before") : new InvalidOperationException());
        await Assert.ThrowsAsync<PowerLostException>(() => journal.AppendAsync(First, epoch, new StepWaiting("net", "lost", []), Cancel));
        journal.OnWrite = (moment, _) =>
        {
            if (moment is WriteMoment.After)
                throw new PowerLostException("after");
        };
        await Assert.ThrowsAsync<PowerLostException>(() => journal.AppendAsync(First, epoch, new StepWaiting("net", "kept", []), Cancel));

        var read = await ReadAsync(journal, First, 3);
        Assert.Equal("kept", Assert.IsType<StepWaiting>(Assert.Single(read).Event).WaitingFor);
    }
}
