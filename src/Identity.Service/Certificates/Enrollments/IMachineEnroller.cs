using System.Text.Json.Serialization.Metadata;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>The rules of one kind of machine, for <see cref="EnrollmentEndpoints{TBody, TState}"/>.</summary>
/// <typeparam name="TBody">The body of an enrolment.</typeparam>
/// <typeparam name="TState">The record of an enrolment.</typeparam>
internal interface IMachineEnroller<TBody, TState>
    where TBody : EnrollmentRequest
    where TState : EnrollmentState
{
    JsonTypeInfo<TBody> BodyType { get; }

    /// <summary>What is refused before an assertion counts as used; null = no objection.</summary>
    Refusal? Check(TBody body);

    /// <summary>Records and certifies the machine, if the proof allows to enrol as it.</summary>
    ValueTask<ApiAnswer> EnrolAsync(
        MachineRequest request,
        TBody body,
        FreshProof proof,
        CancellationToken cancellationToken
    );

    /// <summary>The enrolment of the client certificate; null = it was revoked or replaced.</summary>
    ValueTask<TState?> FindAsync(ApiRequest request, CancellationToken cancellationToken);

    /// <summary>Certifies the machine again, if the new proof or, without one, the enrolment still allows it.</summary>
    ValueTask<ApiAnswer> RenewAsync(
        MachineRequest request,
        TState enrollment,
        FreshProof? proof,
        CancellationToken cancellationToken
    );
}
