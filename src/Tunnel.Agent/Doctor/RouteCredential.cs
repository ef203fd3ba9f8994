using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>
/// The credential that a route used last, as in <c>credential_states</c> of <c>/readyz</c>: never a value, and no caller.
/// </summary>
/// <param name="Subject">Whom it represents; null before the first use, and for a caller's.</param>
/// <param name="Since">When it was obtained, or when it was first missing; null before the first use.</param>
/// <param name="ExpiresAt">Null if unknown.</param>
/// <param name="Problem">Why the last call or probe had none; null if it had one.</param>
internal sealed record RouteCredential(
    string Route,
    string Kind,
    string? Subject = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? ExpiresAt = null,
    string? Problem = null
)
{
    // Support bundles redact members that are named like secrets.
    private const string Member = "credential_states";

    /// <summary>The routes that have a credential.</summary>
    public static IReadOnlyList<RouteCredential> List(IEnumerable<Route> routes) =>
        [.. routes.Where(r => r.Access.Credential is not NoCredential).Select(From)];

    public static void Write(Utf8JsonWriter json, IReadOnlyList<RouteCredential> routes)
    {
        json.WritePropertyName(Member);
        JsonSerializer.Serialize(json, routes, RouteCredentialJson.Default.IReadOnlyListRouteCredential);
    }

    /// <summary>The routes in an answer of <c>/readyz</c>; none if it is not one of an agent.</summary>
    public static IReadOnlyList<RouteCredential> Read(string readiness)
    {
        try
        {
            using var answer = JsonDocument.Parse(readiness);
            return
                answer.RootElement.ValueKind == JsonValueKind.Object
                && answer.RootElement.TryGetProperty(Member, out var routes)
                ? routes.Deserialize(RouteCredentialJson.Default.IReadOnlyListRouteCredential) ?? []
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static RouteCredential From(Route route)
    {
        var credential = route.Access.Credential;
        return credential.State is { } state
            ? new RouteCredential(
                route.Name,
                credential.Kind,
                state.Subject.Length > 0 ? state.Subject : null,
                state.Since,
                state.ExpiresAt,
                state.Problem.Length > 0 ? state.Problem : null
            )
            : new RouteCredential(route.Name, credential.Kind);
    }
}

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(IReadOnlyList<RouteCredential>))]
internal sealed partial class RouteCredentialJson : JsonSerializerContext;
