using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// What a person signed in for besides a route: the identity provider knows one callback of the organization's
/// authorization server.
/// </summary>
internal interface ISignInContinuation
{
    /// <summary>Whether a sign-in that began at this local path is to be continued here.</summary>
    bool Continues(string organizationId, string next);

    /// <param name="answer">Its <see cref="ProviderAnswer.Next"/> is such a path; it may have no person.</param>
    Task ContinueAsync(HttpContext http, string organizationId, ConsoleCookie browser, ProviderAnswer answer);
}
