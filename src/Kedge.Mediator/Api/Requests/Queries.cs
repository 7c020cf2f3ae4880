using System.Globalization;
using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api.Requests;

/// <summary>Values of the query.</summary>
static class Queries
{
    /// <exception cref="ProblemException">It is neither true nor false.</exception>
    public static bool Flag(HttpContext context, string name) => Text(context, name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new ProblemException(ProblemCodes.Invalid, $"{name} is true or false.") { Field = name },
    };

    /// <exception cref="ProblemException">It is no such number.</exception>
    public static int Number(HttpContext context, string name, int otherwise, int least, int most) => Text(context, name) switch
    {
        null => otherwise,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most => value,
        _ => throw new ProblemException(ProblemCodes.Invalid, $"{name} is a whole number from {least} to {most}.") { Field = name },
    };

    /// <exception cref="ProblemException">It is said twice.</exception>
    public static string? Text(HttpContext context, string name)
    {
        var values = context.Request.Query[name];
        return values.Count <= 1 ? values.FirstOrDefault() : throw new ProblemException(ProblemCodes.Invalid, $"Say {name} once.") { Field = name };
    }
}
