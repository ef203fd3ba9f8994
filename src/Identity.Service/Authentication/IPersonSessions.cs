using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authentication;

/// <summary>Validates the tokens of people who signed in on the command line. The console implements it.</summary>
internal interface IPersonSessions
{
    /// <summary>Lets secret scanners recognize a leaked token.</summary>
    const string SecretPrefix = "clv_ses_";

    /// <summary>A caller with the person's roles, bound to the key of the sign-in; or a 401.</summary>
    ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken);
}
