using System.Reflection;
using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Problems;
using Kedge.Plans;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;

namespace Kedge.Mediator.Tests.Api;

public sealed class ProblemTests
{
    static readonly RunId Run = RunId.Parse("0198a3c4d5e67f8091a2b3c4d5e6f701");

    public static TheoryData<string> Codes => [.. typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (string)code.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_has_a_status_and_a_title(string code)
    {
        Assert.InRange(ProblemTable.StatusOf(code), 400, 599);
        Assert.NotEmpty(ProblemTable.TitleOf(code));
    }

    [Fact]
    public void What_the_house_throws_is_told_by_its_code_and_names_nothing_of_this_machine()
    {
        (Exception Thrown, string Code)[] table =
        [
            (new RunNotFoundException(Run), ProblemCodes.NotFound),
            (new RunEndedException(Run, Plans.RunPhase.Finished), ProblemCodes.RunEnded),
            (new RunConflictException("workload/shop", Run, "Fail over"), ProblemCodes.RunInTheWay),
            (new SupersededException(Run, 1, 2, "other"), ProblemCodes.Refused),
            (new RecordException("There is no site x. Known: secret-site."), ProblemCodes.NotFound),
            (new RepositoryException("/srv/points is gone"), ProblemCodes.StorageFailed),
            (new JournalException(JournalFault.Busy, "/srv/kedge.db is held", "Find out."), ProblemCodes.StorageFailed),
            (new UnauthorizedAccessException("/srv/kedge"), ProblemCodes.StorageFailed),
            (new InvalidOperationException("/srv/kedge"), ProblemCodes.Unforeseen),
        ];

        Assert.All(table, each =>
        {
            var problem = ProblemTable.Of(each.Thrown);
            Assert.Equal(each.Code, problem.Code);
            Assert.DoesNotContain("/srv", problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", problem.Message, StringComparison.Ordinal);
        });
    }
}
