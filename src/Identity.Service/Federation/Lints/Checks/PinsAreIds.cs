using Culvert.Identity.Service.Federation.Presets;

namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L05: names get other owners by renaming, or by deletion and a new registration; ids do not.</summary>
internal sealed class PinsAreIds : ILintCheck
{
    public string Id => "L05";

    public Lint? Check(LintedRule rule)
    {
        if (rule.Preset is not { } preset || rule.PinsTenantById)
        {
            return null;
        }

        // Kubernetes has its own lint for this.
        var named = rule
            .Pins.Select(pin => FindName(preset, pin))
            .OfType<KnownClaim>()
            .Where(claim => !claim.Name.StartsWith('/') || !rule.IsOf("kubernetes", "eks", "gke", "aks"))
            .ToList();
        var isNamedBySubject = preset.TenantSubjects.Any(subject => !subject.Immutable && rule.NamesTenant(subject));
        if (rule.IsOf("kubernetes", "eks", "gke", "aks") || (named.Count == 0 && !isNamedBySubject))
        {
            return null;
        }

        var names = named.Select(claim => claim.Name).Concat(isNamedBySubject ? ["sub"] : []).Distinct();
        var ids = preset.TenantPins.Where(pin => pin.Immutable).Select(pin => string.Join(" with ", pin.Claims));
        return Lint.Warning(
            Id,
            $"match: {string.Join(", ", names)} pins by name, so a later owner of the name gets access; pin "
                + $"{string.Join(" or ", ids.DefaultIfEmpty(named.FirstOrDefault()?.Prefer ?? "an id claim"))} as well."
                + Migration(rule)
        );
    }

    private static KnownClaim? FindName(Preset preset, Pin pin) =>
        preset.Claims.FirstOrDefault(claim =>
            claim is { Kind: ClaimKind.Name, Prefer: not null } && pin.Is(claim.Name)
        );

    // The only platform that changed its subjects: how both forms match while repositories migrate.
    private static string Migration(LintedRule rule) =>
        rule.WholeSubjects is [var subject]
        && rule.IsOf("github-actions")
        && GitHubSubject.TryParse(subject, out var parsed)
            ? $" For repositories with immutable subjects demand sub in [\"{parsed.Text}\", "
                + $"\"{parsed.Immutable("OWNER_ID", "REPOSITORY_ID").Text}\"] with a matcher instead of subject_prefix."
            : "";
}
