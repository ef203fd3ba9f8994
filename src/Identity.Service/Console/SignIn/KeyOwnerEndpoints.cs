using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// Asks a person who signed in with the identity provider whether they own the admin key whose session was open in the same
/// browser. Another person may have opened it, and the answer is irreversible (S34).
/// </summary>
internal sealed class KeyOwnerEndpoints(ConsoleEndpoints console, ConsoleSessions sessions)
{
    public const string AnswerField = "answer";

    /// <summary>The person owns the key. Any other answer changes nothing.</summary>
    public const string Own = "own";

    public const string NotOwn = "not_own";

    public Task ShowAsync(HttpContext http) => console.ShowAsync(typeof(KeyOwnerPage), http);

    public Task AnswerAsync(HttpContext http) =>
        console.SubmitAsync(
            typeof(KeyOwnerPage),
            ConsoleEndpoints.KeyOwnerPath,
            http,
            async (_, principal, form) =>
            {
                var next = ConsoleEndpoints.LocalPath(form[SignInEndpoints.NextField]);
                if (
                    ConsoleCookie.Find(http, ConsoleCookie.ProvenKey) is not { } cookie
                    || await sessions.FindUnownedKeyAsync(cookie, http.RequestAborted) is not { } proven
                    || principal.Session is not { Issuer: { } issuer, Subject: { } subject }
                )
                {
                    ConsoleCookie.Delete(http, ConsoleCookie.ProvenKey);
                    return (default, next);
                }

                var isOwn = form[AnswerField] == Own;
                var request = new ApiRequest(http);
                request.SetCaller(principal.Caller);
                var refusal = await sessions.SetKeyOwnerAsync(
                    proven.Session,
                    proven.Key,
                    isOwn ? new KeyOwner(issuer, subject) : null,
                    AuditActor.From(request),
                    request,
                    http.RequestAborted
                );
                if (refusal is not null)
                {
                    return (ConsoleAnswer.Refused(refusal), null);
                }

                ConsoleCookie.Delete(http, ConsoleCookie.ProvenKey);
                return (default, isOwn ? ConsoleEndpoints.AddMark(next, ConsoleEndpoints.KeyOwned) : next);
            }
        );
}
