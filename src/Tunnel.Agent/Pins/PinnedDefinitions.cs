using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Pins;

internal sealed record PinnedDefinitions
{
    public static readonly PinnedDefinitions None = new();

    public IReadOnlyList<StoredPin> Pins { get; init; } = [];
}

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(PinnedDefinitions))]
[JsonSerializable(typeof(ObservedDefinitions))]
internal sealed partial class PinsJson : JsonSerializerContext;
