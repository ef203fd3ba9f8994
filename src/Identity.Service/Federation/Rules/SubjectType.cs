namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>Whose tokens a rule matches.</summary>
internal enum SubjectType
{
    /// <summary>Assertions of workloads, exchanged at the token endpoint.</summary>
    Workload,

    /// <summary>People who sign in at the authorization server of the organization.</summary>
    Person,
}
