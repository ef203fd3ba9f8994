using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

internal interface IAuthorityCheck
{
    /// <summary>True when the rule compares neighbours or counts positions, so that it needs an ordered chain.</summary>
    bool NeedsOrder => false;

    /// <summary>Returns null when the rule holds.</summary>
    CaRefusal? Check(AuthoritySubject subject);
}
