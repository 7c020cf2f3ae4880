using System.Reflection;
using System.Runtime.CompilerServices;
using Kedge.OpenStack;
using Kedge.Plans;

namespace Kedge.Tests;

public sealed class FailureTests
{
    /// <summary>Nothing a person at the terminal causes, so that the stack trace is wanted.</summary>
    static readonly Type[] Unforeseen = [typeof(PlanInvalidException), typeof(PowerLostException)];

    public static TheoryData<string> Ours => [.. All().Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Ours))]
    public void Every_exception_of_ours_has_its_exit_code_and_no_stack_trace(string name)
    {
        var type = All().Single(each => each.FullName == name);
        using var error = new StringWriter();

        var code = Failure.Print(Instance(type), error);

        Assert.Equal(Unforeseen.Contains(type), code == ExitCodes.Failed);
        Assert.Equal(Unforeseen.Contains(type), error.ToString().Contains("not foreseen", StringComparison.Ordinal));
    }

    static Exception Instance(Type type) =>
        type == typeof(SettingsException) ? new SettingsException(["A problem."]) : (Exception)RuntimeHelpers.GetUninitializedObject(type);

    /// <summary>Of every module that the binary is composed of, also one that is added later.</summary>
    static IEnumerable<Type> All() =>
        typeof(Failure).Assembly.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("Kedge.", StringComparison.Ordinal) && name.Name != "Kedge.Sandbox")
            .Select(Assembly.Load).Append(typeof(Failure).Assembly)
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(Exception)) && !type.IsAbstract)
            // What a module keeps to itself it also catches itself.
            .Where(type => type.IsPublic || type.Assembly == typeof(Failure).Assembly);
}
