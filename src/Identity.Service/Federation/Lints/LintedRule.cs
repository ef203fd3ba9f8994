using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Rules.Cel;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>A rule in the form for lints: its whole match as one list, and what is known of its issuer's platform.</summary>
internal sealed class LintedRule
{
    private static readonly ClaimPath SubjectPath = ClaimPath.TopLevel("sub");

    public LintedRule(Rule rule, Issuer issuer, string publicUrl)
    {
        Rule = rule;
        Issuer = issuer;
        PublicUrl = publicUrl;
        Preset = PresetCatalogue.Find(issuer.Preset) ?? PresetCatalogue.OfAddress(issuer.Url);
        var program = Compile(rule.Match.Condition);
        Pins = [.. FindPins(rule.Match, program)];
        ReadsGroups = program is { Reads.ReadsGroups: true };
        ReadsGroupNames = program is { Reads.ReadsGroupNames: true };
    }

    public Rule Rule { get; }

    public Issuer Issuer { get; }

    /// <summary>This service's own address: the audience of a rule that names none.</summary>
    public string PublicUrl { get; }

    public Preset? Preset { get; }

    public IReadOnlyList<Pin> Pins { get; }

    /// <summary>The expression reads the person's groups in the directory, by name or by id.</summary>
    public bool ReadsGroups { get; }

    public bool ReadsGroupNames { get; }

    public bool IsShared => Issuer.Tenancy == IssuerTenancy.Shared || PresetCatalogue.IsShared(Issuer.Url);

    public string Audience => Rule.Match.Audience ?? PublicUrl;

    public IEnumerable<Pin> SubjectPins => Pins.Where(pin => pin.Path.Pointer == SubjectPath.Pointer);

    /// <summary>The whole subjects that the rule accepts; none if it accepts others as well.</summary>
    public IReadOnlyList<string> WholeSubjects => SubjectPins.FirstOrDefault(pin => pin.IsWhole)?.Values ?? [];

    public bool IsOf(params ReadOnlySpan<string> presets) => Preset is { } known && presets.Contains(known.Name);

    /// <summary>Whether the claim must have exactly this value, or one of a few.</summary>
    public bool PinsWhole(string claim) => Pins.Any(pin => pin.IsWhole && pin.Is(claim));

    public bool Demands(string claim, string value) =>
        Pins.Any(pin => pin.IsWhole && pin.Values.All(v => v == value) && pin.Is(claim));

    public bool Reads(string claim) => Pins.Any(pin => pin.Is(claim));

    /// <summary>Whether the accepted subjects have this part at its fixed place, as far as the rule determines it.</summary>
    public bool SubjectNames(string part) =>
        SubjectPins.Any(pin => pin.Values.Any(value => value.Contains(part, StringComparison.Ordinal)));

    public bool PinsTenantById =>
        Preset is { } preset
        && (
            preset.TenantPins.Any(pin => pin.Immutable && pin.Claims.All(PinsWhole))
            || preset.TenantSubjects.Any(subject => subject.Immutable && NamesTenant(subject))
            || SubjectPins.Any(pin => pin.Values.Count > 0 && pin.Values.All(HasGitHubOwnerId))
        );

    /// <summary>Whether the rule grants changes or the enrolment of machines.</summary>
    public bool GrantsMuch =>
        Rule.Scopes.Any(scope => scope is not (Scopes.WorkspaceDeveloper or Scopes.WorkspaceInference));

    /// <summary>Whether all accepted subjects have the customer's complete name between prefix and delimiter.</summary>
    public bool NamesTenant(TenantSubject tenant) =>
        SubjectPins.Any(pin =>
            pin.Kind is PinKind.Exact or PinKind.Prefix or PinKind.Segments
            && pin.Values.Count > 0
            && pin.Values.All(value => NamesTenant(value, tenant))
        );

    private static bool NamesTenant(string subject, TenantSubject tenant)
    {
        if (!subject.StartsWith(tenant.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var end = subject.IndexOf(tenant.Until, tenant.Prefix.Length, StringComparison.Ordinal);
        if (end <= tenant.Prefix.Length)
        {
            return false;
        }

        // An id may follow the name; any id is accepted.
        var name = subject[tenant.Prefix.Length..end].Split('@')[0];
        return name.Length > 0 && !name.Contains('*', StringComparison.Ordinal);
    }

    // repo:OWNER@OWNER_ID/…: the id follows the name.
    private bool HasGitHubOwnerId(string subject)
    {
        if (!IsOf("github-actions") || !subject.StartsWith("repo:", StringComparison.Ordinal))
        {
            return false;
        }

        var slash = subject.IndexOf('/', StringComparison.Ordinal);
        var at = subject.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && slash > at + 1 && subject.AsSpan(at + 1, slash - at - 1).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    // Null = the rule has no expression.
    private static CelProgram? Compile(string? condition) =>
        condition is not null && CelProgram.TryCompile(condition, out var program, out _) ? program : null;

    private static IEnumerable<Pin> FindPins(RuleMatch match, CelProgram? program)
    {
        if (match.Subject is { } subject)
        {
            yield return match.IsSubjectPrefix
                ? new Pin(SubjectPath, PinKind.Prefix, [subject[..^1]])
                : new Pin(SubjectPath, PinKind.Exact, [subject]);
        }

        if (match.SubjectSegments is { } segments)
        {
            yield return new Pin(SubjectPath, PinKind.Segments, [segments]);
        }

        foreach (var (name, value) in match.Claims)
        {
            yield return new Pin(ClaimPath.TopLevel(name), PinKind.Exact, [value]);
        }

        foreach (var matcher in match.Matchers)
        {
            yield return Pin.From(matcher);
        }

        foreach (var pin in program is null ? [] : ExpressionPins.Find(program))
        {
            yield return pin;
        }
    }
}
