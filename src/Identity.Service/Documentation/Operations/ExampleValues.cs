using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>
/// Example values by the name of a member, in <c>examples.json</c>. <c>Schema.member</c> has precedence over
/// <c>member</c>, and the name of a schema or of a media type gives the whole.
/// </summary>
internal static class ExampleValues
{
    /// <summary>As in answers' headers.</summary>
    public const string RequestId = "req_017Gx2kQ9mVbT4nRw8YcLs3D";

    private const string Resource = "examples.json";

    private static readonly Lazy<JsonObject> Values = new(Read);

    public static bool Has(string name) => Values.Value.ContainsKey(name);

    /// <summary>A copy; null when there is none, or when null is the example.</summary>
    public static JsonNode? Find(string name) => Values.Value[name]?.DeepClone();

    private static JsonObject Read()
    {
        using var stream =
            typeof(ExampleValues).Assembly.GetManifestResourceStream(typeof(ExampleValues), Resource)
            ?? throw new InvalidOperationException($"{Resource} is not part of this program.");
        return JsonNode.Parse(stream)!.AsObject();
    }
}
