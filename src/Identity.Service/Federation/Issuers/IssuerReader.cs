using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Ids;
using Culvert.Jose.Algorithms;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Reads an issuer and checks its form only; <see cref="IssuerValidator"/> decides on saving.</summary>
internal static class IssuerReader
{
    private const int DefaultMaxLifetimeSeconds = 3600;
    private const int MaxTypes = 8;
    private const int MaxTypeLength = 64;

    public static Result<Issuer> Create(CreateIssuerRequest request, string organizationId, ChangeStamps stamps)
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
            blank = blank with
            {
                Algorithms = AlgorithmNames.Read(preset.Defaults.Algorithms),
                Types = preset.Defaults.Types,
                MaxJwtLifetimeSeconds = preset.Defaults.MaxJwtLifetimeSeconds,
                ReplayMode = WireNames.Find<ReplayMode>(preset.Defaults.ReplayMode)!.Value,
            };
        }

        var issuer = Apply(request, blank);
        return issuer is { IsOk: true, Value.TrustDomain: not null } && request.Types is null
            ? issuer.Value with
            {
                Types = Issuer.SpiffeTypes,
            }
            : issuer;
    }

    /// <summary>The version does not change.</summary>
    public static Result<Issuer> Update(UpdateIssuerRequest request, Issuer issuer) =>
        Apply(request, issuer with { Name = request.Name ?? issuer.Name, Url = request.IssuerUrl ?? issuer.Url });

    private static Result<Issuer> Apply(IssuerSettings settings, Issuer issuer)
    {
        var source = settings.Jwks is { ValueKind: not System.Text.Json.JsonValueKind.Null } jwks
            ? KeySourceReader.Read(jwks)
            : issuer.KeySource;
        var targets = ReadTargets(settings.AllowedTargets, issuer.AllowedTargets);
        var algorithms = ReadAlgorithms(settings.Algorithms, issuer.Algorithms);
        var replay = ReadReplay(settings, issuer.ReplayMode);
        var tenancy = ReadTenancy(settings.Tenancy, issuer);
        var detail = Read("caller_detail", settings.CallerDetail, issuer.CallerDetail);
        if (!source.IsOk)
        {
            return source.Refusal;
        }

        if (!targets.IsOk)
        {
            return targets.Refusal;
        }

        var refusal =
            algorithms.Refusal ?? replay.Refusal ?? tenancy.Refusal ?? detail.Refusal ?? CheckTypes(settings.Types);
        if (refusal is not null)
        {
            return refusal;
        }

        return settings.ApplyTo(issuer) with
        {
            KeySource = source.Value,
            AllowedTargets = targets.Value,
            Algorithms = algorithms.Value,
            ReplayMode = replay.Value,
            Tenancy = tenancy.Value,
            CallerDetail = detail.Value,
        };
    }

    // The compatible switch and the replay mode overlap; a request that contradicts itself is refused.
    private static Result<ReplayMode> ReadReplay(IssuerSettings settings, ReplayMode present)
    {
        if (settings.ReplayMode is null)
        {
            return settings.CheckJti switch
            {
                null => present,
                false => ReplayMode.Off,
                true => present == ReplayMode.Off ? ReplayMode.SingleUse : present,
            };
        }

        var mode = Read("replay_mode", settings.ReplayMode, present);
        return mode.IsOk && settings.CheckJti is { } check && check != (mode.Value != ReplayMode.Off)
            ? RequestErrors.Invalid.Refuse("check_jti: contradicts replay_mode; set only one of them.")
            : mode;
    }

    private static Result<IssuerTenancy> ReadTenancy(string? given, Issuer issuer)
    {
        var isShared = PresetCatalogue.IsShared(issuer.Url);
        if (given is null)
        {
            return isShared ? IssuerTenancy.Shared : issuer.Tenancy;
        }

        var tenancy = Read("tenancy", given, issuer.Tenancy);
        return tenancy.IsOk && isShared && tenancy.Value == IssuerTenancy.Dedicated
            ? RequestErrors.Invalid.Refuse("tenancy: this issuer signs for all customers of its platform.")
            : tenancy;
    }

    private static Result<T> Read<T>(string field, string? given, T present)
        where T : struct, Enum
    {
        if (given is null)
        {
            return present;
        }

        return WireNames.Find<T>(given) is { } value
            ? value
            : RequestErrors.Invalid.Refuse($"{field}: {WireNames.All<T>()} is required.");
    }

    private static Result<JwsAlgorithms> ReadAlgorithms(IReadOnlyList<string>? given, JwsAlgorithms present)
    {
        if (given is null)
        {
            return present;
        }

        var set = JwsAlgorithms.Empty;
        foreach (var name in given)
        {
            if (!JwsAlgorithmExtensions.TryParse(name, out var algorithm))
            {
                return Refuse();
            }

            set |= algorithm.AsSet();
        }

        return set == JwsAlgorithms.Empty ? Refuse() : set;

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

    private static Result<IReadOnlyList<AllowedTarget>> ReadTargets(
        IReadOnlyList<AllowedTargetDocument>? given,
        IReadOnlyList<AllowedTarget> present
    )
    {
        if (given is null)
        {
            return Result<IReadOnlyList<AllowedTarget>>.Ok(present);
        }

        return AllowedTargets.Read(given) is { } targets
            ? Result<IReadOnlyList<AllowedTarget>>.Ok(targets)
            : RequestErrors.Invalid.Refuse(
                "allowed_targets: each needs a cidr (a network address with its prefix length) and a port."
            );
    }
}
