using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>
/// Example values by member name, from <c>examples.json</c>. <c>Schema.member</c> takes precedence over <c>member</c>; the
/// name of a schema or media type gives a complete example.
/// </summary>
internal static class ExampleValues
{
    /// <summary>The format of the request-id header.</summary>
    public const string RequestId = "req_017Gx2kQ9mVbT4nRw8YcLs3D";

    private const string Resource = "examples.json";

    private static readonly Lazy<JsonObject> Values = new(Read);

    public static bool Has(string name) => Values.Value.ContainsKey(name);

    /// <summary>A copy of the value; null if there is none, or if the example is null.</summary>
    public static JsonNode? Find(string name) => Values.Value[name]?.DeepClone();

    private static JsonObject Read()
    {
        using var stream =
            typeof(ExampleValues).Assembly.GetManifestResourceStream(typeof(ExampleValues), Resource)
            ?? throw new InvalidOperationException($"{Resource} is not part of this program.");
        return JsonNode.Parse(stream)!.AsObject();
    }
}
