namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// Effective right = scope and role: at least one of the rule's scopes takes effect through the roles of the service
/// account in the workspace. A token without any would be useless, and its holder would not know why.
/// </summary>
internal sealed class RoleAllows() : ImmediateCheck(AssertionSteps.Grant)
{
    public override void Describe(AssertionContext context, TraceStep step)
    {
        step.RuleScope = context.Rule.Rule.OAuthScope;
        step.Scope = context.Granted.Text;
    }

    protected override Denial? Check(AssertionContext context)
    {
        context.Granted = context.Rule.GrantedIn(context.WorkspaceId!);
        return context.Granted.IsEmpty ? new Denial(DenialReason.RoleInsufficient, context.WorkspaceId) : null;
    }
}
