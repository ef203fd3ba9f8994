using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Simulation;

internal sealed class SimulationReader(IAuthenticationHistory history, ServiceIdentity identity)
{
    public async ValueTask<Result<SimulationInput>> ReadAsync(
        SimulateRequest body,
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        if (body.Directory?.Check() is { } error)
        {
            return Refuse(error);
        }

        var read = await ReadClaimsAsync(body, organizationId, cancellationToken);
        return read.TryGet(out var input, out var refusal)
            ? input with
            {
                Groups = body.Directory?.ToGroups(),
            }
            : refusal;
    }

    private async ValueTask<Result<SimulationInput>> ReadClaimsAsync(
        SimulateRequest body,
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        var given = new[]
        {
            body.Token is not null,
            IsGiven(body.Claims),
            body.RequestId is not null,
            body.Sample is not null,
        };
        if (given.Count(isGiven => isGiven) != 1)
        {
            return Refuse("body: exactly one of token, claims, request_id and sample is required.");
        }

        if (body.Token is { } token)
        {
            return ReadToken(token.Trim(), body.WorkspaceId);
        }

        if (body.RequestId is { } requestId)
        {
            var entry = await history.FindAsync(organizationId, requestId, cancellationToken);
            return entry?.ClaimsJson is { } recorded
                ? ReadClaims("event", recorded, body.WorkspaceId ?? entry.WorkspaceId)
                : Refuse("request_id: the history has no verified claims of that request.");
        }

        if (body.Sample is { } sample)
        {
            return FindSample(sample) is { } shape
                ? ReadClaims("sample", shape.ClaimsFor(identity.PublicUrl), body.WorkspaceId)
                : Refuse("sample: PRESET/SAMPLE is required, as federation_presets lists them.");
        }

        return ReadClaims("claims", body.Claims!.Value.GetRawText(), body.WorkspaceId);
    }

    private static PresetSample? FindSample(string name) =>
        name.Split('/', 2) is [var preset, var sample]
            ? PresetCatalogue.Find(preset)?.Samples.FirstOrDefault(known => known.Name == sample)
            : null;

    private static bool IsGiven(JsonElement? element) =>
        element is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) };

    private static Result<SimulationInput> ReadToken(string token, string? workspace)
    {
        if (token.Length > JoseLimits.MaxTokenBytes || !Ascii.IsValid(token))
        {
            return Refuse($"token: at most {JoseLimits.MaxTokenBytes} ASCII characters.");
        }

        // The exchange denies a token that cannot be parsed too: the trace shows why.
        var bytes = Encoding.ASCII.GetBytes(token);
        var claims = SignedToken.TryParse(bytes, out var parsed) == JoseRefusal.None ? parsed!.Claims : null;
        return new SimulationInput("token", bytes, claims, workspace);
    }

    private static Result<SimulationInput> ReadClaims(string kind, string json, string? workspace)
    {
        var refusal = ClaimSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims);
        return refusal == JoseRefusal.None
            ? new SimulationInput(kind, Token: null, claims!, workspace)
            : Refuse($"claims: no object that a token could carry ({refusal}).");
    }

    private static Result<SimulationInput> Refuse(string message) => RequestErrors.Invalid.Refuse(message);
}
