using System.Text;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;

namespace Culvert.Identity.Service.Authorization;

/// <summary>A proven assertion that a client presented.</summary>
internal sealed record RedeemedAssertion(AssertionRequest Request, AssertionContext Context, PresentedAssertion Record)
{
    /// <summary>As the identity provider states it. The subject is unchecked if the denial is about it.</summary>
    public SignedInPerson Person { get; } =
        new(
            Context.Rule.Issuer.Url,
            Context.Subject ?? UntrustedText.Bounded(Context.Claims.FindString("sub"u8) ?? ""),
            Context.Subject ?? "",
            Encoding.UTF8.GetString(Context.Claims.Json.Span)
        );

    public AuditOrigin Origin => new(Context.Now, AuthorizationEvents.Cause(Request.Request, Person));

    public static RedeemedAssertion Create(AssertionRequest request, string clientId, AssertionContext context) =>
        new(
            request,
            context,
            new PresentedAssertion(
                request.OrganizationId,
                context.Rule.Issuer.Id.Value,
                clientId,
                FederatedAuthentication.GetAssertionId(context)
            )
        );

    public override string ToString() => nameof(RedeemedAssertion);
}
