using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Ids;
using Culvert.Jose.Algorithms;
using Culvert.Platform.Addresses;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Reads what a request says of an issuer into the record: form only. Whether the whole may be saved is
/// <see cref="IssuerValidator"/>'s.
/// </summary>
internal static class IssuerReader
{
    private const int DefaultMaxLifetimeSeconds = 3600;
    private const int MaxTypes = 8;
    private const int MaxTypeLength = 64;

    /// <summary>Exactly one of both results is set.</summary>
    public static (Issuer? Issuer, Refusal? Refusal) Create(
        CreateIssuerRequest request,
        string organizationId,
        ChangeStamps stamps
    )
    {
        var blank = new Issuer
        {
            Id = IssuerId.New(),
            OrganizationId = organizationId,
            Name = request.Name,
            Url = request.IssuerUrl,
            KeySource = new DiscoveryKeySource(null, null),
            MaxJwtLifetimeSeconds = DefaultMaxLifetimeSeconds,
            AllowedTargets = [],
            Stamps = stamps,
        };
        if (PresetCatalogue.Find(request.Preset.Or(null)) is { } preset)
        {
            blank = IssuerDefaults.Of(preset, blank);
        }

        var (issuer, refusal) = Apply(request, blank);
        return issuer is { TrustDomain: not null } && request.Types is null
            ? (issuer with { Types = Issuer.SpiffeTypes }, null)
            : (issuer, refusal);
    }

    /// <summary>Exactly one of both results is set; the version stays.</summary>
    public static (Issuer? Issuer, Refusal? Refusal) Update(UpdateIssuerRequest request, Issuer issuer) =>
        Apply(request, issuer with { Name = request.Name ?? issuer.Name, Url = request.IssuerUrl ?? issuer.Url });

    private static (Issuer?, Refusal?) Apply(IssuerSettings settings, Issuer issuer)
    {
        var (source, badSource) = settings.Jwks is { ValueKind: not System.Text.Json.JsonValueKind.Null } jwks
            ? KeySourceReader.Read(jwks)
            : (issuer.KeySource, null);
        var (targets, badTargets) = ReadTargets(settings.AllowedTargets, issuer.AllowedTargets);
        var (algorithms, badAlgorithms) = ReadAlgorithms(settings.Algorithms, issuer.Algorithms);
        var (replay, badReplay) = ReadReplay(settings, issuer.ReplayMode);
        var (tenancy, badTenancy) = ReadTenancy(settings.Tenancy, issuer);
        var (detail, badDetail) = Read("caller_detail", settings.CallerDetail, issuer.CallerDetail);
        var refusal =
            badSource
            ?? badTargets
            ?? badAlgorithms
            ?? badReplay
            ?? badTenancy
            ?? badDetail
            ?? CheckTypes(settings.Types);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        return (
            issuer with
            {
                KeySource = source!,
                AllowedTargets = targets,
                Algorithms = algorithms,
                ReplayMode = replay,
                Tenancy = tenancy,
                CallerDetail = detail,
                Types = settings.Types ?? issuer.Types,
                Preset = settings.Preset.Or(issuer.Preset),
                MaxJwtLifetimeSeconds = settings.MaxJwtLifetimeSeconds ?? issuer.MaxJwtLifetimeSeconds,
                ReplayWindowSeconds = settings.ReplayWindowSeconds ?? issuer.ReplayWindowSeconds,
                SingleAudience = settings.SingleAudience ?? issuer.SingleAudience,
                AllowMissingKid = settings.AllowMissingKid ?? issuer.AllowMissingKid,
                AllowNonAscii = settings.AllowNonAscii ?? issuer.AllowNonAscii,
                StaleOkSeconds = settings.StaleOkSeconds.Or(issuer.StaleOkSeconds),
                HardExpirySeconds = settings.HardExpirySeconds.Or(issuer.HardExpirySeconds),
            },
            null
        );
    }

    // The compatible switch and our modes say the same thing twice; a request that contradicts itself is refused.
    private static (ReplayMode, Refusal?) ReadReplay(IssuerSettings settings, ReplayMode present)
    {
        if (settings.ReplayMode is null)
        {
            return settings.CheckJti switch
            {
                null => (present, null),
                false => (ReplayMode.Off, null),
                true => (present == ReplayMode.Off ? ReplayMode.SingleUse : present, null),
            };
        }

        var (mode, refusal) = Read("replay_mode", settings.ReplayMode, present);
        return refusal is null && settings.CheckJti is { } check && check != (mode != ReplayMode.Off)
            ? (present, RequestErrors.Invalid.Refuse("check_jti: contradicts replay_mode; set only one of them."))
            : (mode, refusal);
    }

    private static (IssuerTenancy, Refusal?) ReadTenancy(string? given, Issuer issuer)
    {
        var isShared = PresetCatalogue.IsShared(issuer.Url);
        if (given is null)
        {
            return (isShared ? IssuerTenancy.Shared : issuer.Tenancy, null);
        }

        var (tenancy, refusal) = Read("tenancy", given, issuer.Tenancy);
        return refusal is null && isShared && tenancy == IssuerTenancy.Dedicated
            ? (tenancy, RequestErrors.Invalid.Refuse("tenancy: this issuer signs for all customers of its platform."))
            : (tenancy, refusal);
    }

    private static (T, Refusal?) Read<T>(string field, string? given, T present)
        where T : struct, Enum
    {
        if (given is null)
        {
            return (present, null);
        }

        return WireNames.Find<T>(given) is { } value
            ? (value, null)
            : (present, RequestErrors.Invalid.Refuse($"{field}: {WireNames.All<T>()} is required."));
    }

    private static (JwsAlgorithms, Refusal?) ReadAlgorithms(IReadOnlyList<string>? given, JwsAlgorithms present)
    {
        if (given is null)
        {
            return (present, null);
        }

        var set = JwsAlgorithms.Empty;
        foreach (var name in given)
        {
            if (!JwsAlgorithmExtensions.TryParse(name, out var algorithm))
            {
                return (present, Refuse());
            }

            set |= algorithm.AsSet();
        }

        return set == JwsAlgorithms.Empty ? (present, Refuse()) : (set, null);

        static Refusal Refuse() =>
            RequestErrors.Invalid.Refuse(
                "algorithms: one or more of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 are required."
            );
    }

    private static Refusal? CheckTypes(IReadOnlyList<string>? types) =>
        types is null
        || (
            types.Count is >= 1 and <= MaxTypes
            && types.All(type => type is { Length: >= 1 and <= MaxTypeLength } && type.All(c => c is > ' ' and <= '~'))
        )
            ? null
            : RequestErrors.Invalid.Refuse(
                "types: one to eight values of typ are required, each of 1 to 64 printable ASCII characters."
            );

    private static (IReadOnlyList<AllowedTarget>, Refusal?) ReadTargets(
        IReadOnlyList<AllowedTargetDocument>? given,
        IReadOnlyList<AllowedTarget> present
    )
    {
        if (given is null)
        {
            return (present, null);
        }

        var targets = new List<AllowedTarget>();
        foreach (var target in given)
        {
            if (
                target is null
                || !AddressRanges.TryParse(target.Cidr, out var network)
                || target.Port is < 1 or > 65535
            )
            {
                return (
                    present,
                    RequestErrors.Invalid.Refuse(
                        "allowed_targets: each needs a cidr (a network address with its prefix length) and a port."
                    )
                );
            }

            targets.Add(new AllowedTarget(network, target.Port));
        }

        return (targets, null);
    }
}
