using System.Security.Cryptography;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Identity.Service.Tunnels.RangeSets;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>The tunnel endpoints that are compatible with the MCP tunnels API, and further settings.</summary>
internal sealed class TunnelEndpoints(
    TunnelStore tunnels,
    TunnelAccess access,
    TunnelRegistry registry,
    TunnelTokens tokens,
    EdgeAssignments assignments,
    ServiceIdentity identity
)
{
    private const string List = "tunnels";
    private const int MaxRangeSets = 16;
    private const int MaxPins = 16;
    private const int MostOfflineGraceSeconds = 7 * 24 * 60 * 60; // S10

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadBytesAsync(request.Http, RequestBody.MaxBytes, cancellationToken);
        if (body is null)
        {
            return RequestErrors.TooLarge.Refuse();
        }

        if (body.Length > 0 && !RequestBody.IsJson(request.Http.Request))
        {
            return RequestErrors.MediaType.Refuse();
        }

        var wanted =
            body.Length == 0
                ? new CreateTunnelRequest()
                : RequestBody.Parse(body, TunnelJson.Default.CreateTunnelRequest);
        if (!wanted.IsOk)
        {
            return wanted.Refusal;
        }

        if (CheckName(wanted.Value.DisplayName) is { } badName)
        {
            return badName;
        }

        var result = await registry.CreateAsync(
            request,
            wanted.Value.DisplayName,
            Fingerprint(request, body),
            IsRetry(request),
            cancellationToken
        );
        return await AnswerAsync(request, result, cancellationToken);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var caller = request.Caller;
        var found = await tunnels.ListAsync(caller.OrganizationId, caller.WorkspaceId, page, cancellationToken);
        var state = await assignments.GetAsync(cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, tunnel => tunnel.Ordinal)
                .Select(tunnel => TunnelDocument.From(tunnel, state.Get(tunnel.Id.Value))),
            TunnelJson.Default.PageTunnelDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await AnswerAsync(request, await access.FindAsync(request, cancellationToken), cancellationToken);

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(TunnelJson.Default.UpdateTunnelRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (!(await access.FindLiveAsync(request, cancellationToken)).TryGet(out var before, out refusal))
        {
            return refusal;
        }

        if (wanted.Revision is { } expected && expected != before.Revision)
        {
            return TunnelRegistry.StaleRefusal(before);
        }

        var afterResult = Apply(before, wanted);
        return !afterResult.IsOk
            ? afterResult.Refusal
            : await AnswerAsync(
                request,
                await registry.UpdateAsync(request, before, afterResult.Value, cancellationToken),
                cancellationToken
            );
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var found = await access.FindAsync(request, cancellationToken);
        return found.IsOk
            ? await AnswerAsync(
                request,
                await registry.ArchiveAsync(request, found.Value, body.Value.Reason, cancellationToken),
                cancellationToken
            )
            : found.Refusal;
    }

    /// <summary>Idempotent. Edges refuse new clients and disconnect present ones; agents stay connected.</summary>
    public ValueTask<ApiAnswer> PauseAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SetPausedAsync(request, paused: true, cancellationToken);

    /// <summary>Idempotent.</summary>
    public ValueTask<ApiAnswer> ResumeAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SetPausedAsync(request, paused: false, cancellationToken);

    public async ValueTask<ApiAnswer> RevealTokenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var read = await ReadTokenRequestAsync(request, cancellationToken);
        return read.IsOk
            ? Answer(await tokens.RevealAsync(request.Cause, read.Value.Tunnel, read.Value.Reason, cancellationToken))
            : read.Refusal;
    }

    public async ValueTask<ApiAnswer> RotateTokenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var read = await ReadTokenRequestAsync(request, cancellationToken);
        return read.IsOk
            ? Answer(await tokens.RotateAsync(request.Cause, read.Value.Tunnel, read.Value.Reason, cancellationToken))
            : read.Refusal;
    }

    private async ValueTask<ApiAnswer> SetPausedAsync(
        ApiRequest request,
        bool paused,
        CancellationToken cancellationToken
    )
    {
        var read = await ReadTokenRequestAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (tunnel, reason) = read.Value;
        return await AnswerAsync(
            request,
            await registry.SetPausedAsync(request, tunnel, paused, reason, cancellationToken),
            cancellationToken
        );
    }

    private async ValueTask<Result<(Tunnel Tunnel, string? Reason)>> ReadTokenRequestAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var found = await access.FindLiveAsync(request, cancellationToken);
        return found.IsOk ? (found.Value, body.Value.Reason) : found.Refusal;
    }

    private Result<Tunnel> Apply(Tunnel before, UpdateTunnelRequest wanted)
    {
        var after = before with
        {
            DisplayName = wanted.DisplayName.Or(before.DisplayName),
            AllowTunnelToken = wanted.AllowTunnelToken ?? before.AllowTunnelToken,
        };
        if (CheckName(after.DisplayName) is { } badName)
        {
            return badName;
        }

        if (wanted.ClientSourceRanges is { } clients)
        {
            if (!SourceRanges.Parse("client_source_ranges", clients).TryGet(out var ranges, out var refusal))
            {
                return refusal;
            }

            after = after with { ClientSourceRanges = ranges };
        }

        if (wanted.AgentSourceRanges is { } agents)
        {
            if (!SourceRanges.Parse("agent_source_ranges", agents).TryGet(out var ranges, out var refusal))
            {
                return refusal;
            }

            after = after with { AgentSourceRanges = ranges };
        }

        if (wanted.EdgeIds is { } pins)
        {
            if (
                pins.Count > MaxPins
                || pins.Any(id => !EdgeId.TryParse(id, out _))
                || pins.Distinct(StringComparer.Ordinal).Count() != pins.Count
            )
            {
                return RequestErrors.Invalid.Refuse($"edge_ids: at most {MaxPins} different edge ids are allowed.");
            }

            after = after with { EdgeIds = [.. pins.Select(id => id!)] };
        }

        if (wanted.AssertionAudiences is { } texts)
        {
            if (!AssertionAudiences.Parse(texts, identity).TryGet(out var audiences, out var refusal))
            {
                return refusal;
            }

            after = after with { AssertionAudiences = audiences };
        }

        return WithBehaviour(after, wanted);
    }

    private static Result<Tunnel> WithBehaviour(Tunnel after, UpdateTunnelRequest wanted)
    {
        if (wanted.ClientRangeSets is { } sets)
        {
            if (
                sets.Count > MaxRangeSets
                || sets.Any(s => !ClientRangeSet.IsName(s))
                || sets.Distinct().Count() != sets.Count
            )
            {
                return RequestErrors.Invalid.Refuse(
                    $"client_range_sets: at most {MaxRangeSets} different names are allowed."
                );
            }

            after = after with { ClientRangeSets = [.. sets.Select(name => name!)] };
        }

        if (wanted.Limits is { } limits)
        {
            if (limits.Check() is { } bad)
            {
                return bad;
            }

            after = after with { Limits = limits.ToLimits() };
        }

        if (wanted.Affinity is { } affinity)
        {
            if (affinity is not (TunnelAffinity.Hostname or TunnelAffinity.Client))
            {
                return RequestErrors.Invalid.Refuse("affinity: hostname or client is required.");
            }

            after = after with { Affinity = affinity };
        }

        if (wanted.PublicPort is < 1 or > 65535)
        {
            return RequestErrors.Invalid.Refuse("public_port: a port from 1 to 65535 is required.");
        }

        after = after with { PublicPort = wanted.PublicPort ?? after.PublicPort };
        after = after with { OfflineGraceSeconds = wanted.OfflineGraceSeconds.Or(after.OfflineGraceSeconds) };
        return after.OfflineGraceSeconds is < 0 or > MostOfflineGraceSeconds
            ? RequestErrors.Invalid.Refuse(
                $"offline_grace_seconds: 0 to {MostOfflineGraceSeconds} (7 days), or null for each edge's own, is required."
            )
            : after;
    }

    private static Refusal? CheckName(string? name) =>
        name is { Length: 0 or > CreateTunnelRequest.MaxNameLength }
            ? RequestErrors.Invalid.Refuse(
                $"display_name: 1 to {CreateTunnelRequest.MaxNameLength} characters or null are required."
            )
            : null;

    // The SDK counts its retries in this header; without it, equal requests create two tunnels (design, "SDK retry").
    private static bool IsRetry(ApiRequest request) =>
        int.TryParse(request.Http.Request.Headers["x-stainless-retry-count"], out var count) && count > 0;

    private static byte[] Fingerprint(ApiRequest request, ReadOnlyMemory<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Convert.FromHexString(request.Caller.CredentialHash));
        hash.AppendData(Credentials.Hash(request.Http.Request.Path));
        hash.AppendData(body.Span);
        return hash.GetHashAndReset();
    }

    private async ValueTask<ApiAnswer> AnswerAsync(
        ApiRequest request,
        Result<Tunnel> result,
        CancellationToken cancellationToken
    )
    {
        if (!result.IsOk)
        {
            return result.Refusal;
        }

        var tunnel = result.Value;

        RequestIdentity.SetTenant(request.Http, tunnel.OrganizationId, tunnel.WorkspaceId);
        return ApiAnswer.Json(
            TunnelDocument.From(tunnel, await assignments.OfAsync(tunnel.Id, cancellationToken)),
            TunnelJson.Default.TunnelDocument
        );
    }

    private static ApiAnswer Answer(Result<TunnelTokenDocument> result) =>
        result.IsOk ? ApiAnswer.Json(result.Value, TunnelJson.Default.TunnelTokenDocument) : result.Refusal;
}
