namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>A person whom the issuer's directory deactivated gets no token, although the issuer may still sign for them.</summary>
internal sealed class PersonIsActive(InactivePeople inactive) : IAssertionCheck
{
    public string Step => AssertionSteps.Subject;

    public async ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken) =>
        await inactive.ContainsAsync(context.Rule.Issuer.Id, context.Subject!, cancellationToken)
            ? new Denial(DenialReason.PersonInactive, Claim: "sub")
            : null;
}
