using System.Reflection;
using System.Text;

namespace Kedge.OpenStack.Tests;

/// <summary>What others build on is written down, so that a change of it is seen in review as a change of text.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_public_surface_is_the_one_that_is_written_down()
    {
        var written = Path.Combine(AppContext.BaseDirectory, "PublicApi.txt");
        var now = Surface(typeof(Cloud).Assembly);

        // To accept a change: copy the file that this writes beside the test over the one in the project.
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.now.txt"), now);

        Assert.Equal(File.ReadAllText(written), now);
    }

    static string Surface(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
                text.Append("  ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), System.Globalization.CultureInfo.InvariantCulture)}");
        var constructors = type.GetConstructors(Own).Select(one => $"new({Parameters(one)})");
        var properties = type.GetProperties(Own).Where(one => one.Name != "EqualityContract").Select(Property);
        var events = type.GetEvents(Own).Select(one => $"event {Name(one.EventHandlerType!)} {one.Name}");
        var methods = type.GetMethods(Own)
            .Where(one => !one.IsSpecialName && !one.Name.StartsWith('<') && one.Name is not ("Equals" or "GetHashCode" or "ToString" or "Deconstruct"))
            .Select(one => $"{Name(one.ReturnType)} {one.Name}({Parameters(one)})");
        return [.. constructors, .. properties, .. events, .. methods];
    }

    static string Property(PropertyInfo property)
    {
        var set = property.SetMethod is { IsPublic: true } setter
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;" : " set;"
            : "";
        var index = property.GetIndexParameters() is [var only] ? $"[{Name(only.ParameterType)}]" : "";
        return $"{Nullable(property)} {property.Name}{index} {{ get;{set} }}";
    }

    static string Nullable(PropertyInfo property) =>
        Name(property.PropertyType) + (!property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable ? "?" : "");

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(one =>
        Name(one.ParameterType)
        + (!one.ParameterType.IsValueType && new NullabilityInfoContext().Create(one).ReadState == NullabilityState.Nullable ? "?" : "")
        + $" {one.Name}" + (one.HasDefaultValue ? " = …" : "")));

    static string Name(Type type)
    {
        if (System.Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!);
        var own = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Namespace!.StartsWith("System", StringComparison.Ordinal) ? type.Name : $"{type.Namespace}.{type.Name}";
        return type.IsGenericType ? $"{own.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : own;
    }
}
