namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L19: a display name is not an identity: directories let several groups have it, and people rename groups.</summary>
internal sealed class GroupsAreIds : ILintCheck
{
    public string Id => "L19";

    public Lint? Check(LintedRule rule) =>
        rule.ReadsGroupNames
            ? Lint.Warning(
                Id,
                "match.condition: directory.groups has display names, so anyone who may create or rename a group in the "
                    + "directory decides who gets access; compare directory.group_ids, which culvert rule simulate shows."
            )
            : null;
}
