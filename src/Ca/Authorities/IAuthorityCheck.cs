using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>One rule on a certificate or chain that somebody wants to register.</summary>
internal interface IAuthorityCheck
{
    /// <summary>Null when the rule holds.</summary>
    CaRefusal? Check(AuthoritySubject subject);
}
