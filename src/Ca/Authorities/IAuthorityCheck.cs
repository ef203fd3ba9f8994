using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>One rule for a certificate or chain that a caller registers.</summary>
internal interface IAuthorityCheck
{
    /// <summary>
    /// True when the rule compares a certificate with the next one, or counts places: it does not apply to a chain that is
    /// not in order.
    /// </summary>
    bool NeedsOrder => false;

    /// <summary>Null when the rule holds.</summary>
    CaRefusal? Check(AuthoritySubject subject);
}
