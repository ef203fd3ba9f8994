using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>One rule for a certificate or chain that a caller registers.</summary>
internal interface IAuthorityCheck
{
    /// <summary>Null when the rule holds.</summary>
    CaRefusal? Check(AuthoritySubject subject);
}
