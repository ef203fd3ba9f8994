namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// Reads the person's groups for the rule's conditions: only for rules that read them, so that no other rule costs this
/// read of the store. Without the store there is no evaluation, and nothing is granted.
/// </summary>
internal sealed class GroupsAreRead(IDirectoryGroups directory) : IAssertionCheck
{
    /// <summary>The most groups that a trace shows.</summary>
    public const int MaxShown = 50;

    public string Step => AssertionSteps.Rule;

    public async ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        if (context.Rule.ReadsGroups)
        {
            context.Groups ??= await directory.FindAsync(context.Rule.Issuer.Id, context.Subject!, cancellationToken);
        }

        return null;
    }

    public void Describe(AssertionContext context, TraceStep step) =>
        step.Groups = context.Groups is { HasUser: true } groups
            ? [.. groups.Names.Zip(groups.Ids, (name, id) => UntrustedText.Bounded($"{id} {name}")).Take(MaxShown)]
            : null;
}
