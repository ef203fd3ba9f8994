using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Shouldly;

namespace Culvert.Documentation.Tests.Json;

/// <summary>
/// Without <c>RespectRequiredConstructorParameters</c>, a JSON context reads an absent member of a positional record as null
/// or zero.
/// </summary>
public class JsonContextTests
{
    private const BindingFlags Any =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    [Theory]
    [InlineData("identity-service")]
    [InlineData("tunnel-agent")]
    [InlineData("culvert")]
    [InlineData("Machine.Client")]
    [InlineData("Platform")]
    public void Context_ParameterWithoutDefault_IsRequired(string assembly)
    {
        var optional =
            from context in Assembly.Load(assembly).GetTypes()
            where context.BaseType == typeof(JsonSerializerContext)
            from info in GetTypeInfos(context)
            from property in info.Properties
            where property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false }
            where !property.IsRequired
            select $"{context.Name}: {info.Type.Name}.{property.Name}";

        optional.ShouldBeEmpty();
    }

    private static IEnumerable<JsonTypeInfo> GetTypeInfos(Type context)
    {
        var shared = context.GetProperty("Default", Any)!.GetValue(null);
        return context
            .GetProperties(Any)
            .Where(property => property.PropertyType.IsAssignableTo(typeof(JsonTypeInfo)))
            .Select(property => (JsonTypeInfo)property.GetValue(shared)!);
    }
}
