using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authentication;

/// <summary>Checks the tokens of people who signed in at the command line. A boundary: the console implements it.</summary>
internal interface IPersonSessions
{
    /// <summary>Makes a leaked token recognisable to scanners.</summary>
    const string SecretPrefix = "clv_ses_";

    /// <summary>A caller with that person's roles, bound to the key of the sign-in; or a 401.</summary>
    ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken);
}
