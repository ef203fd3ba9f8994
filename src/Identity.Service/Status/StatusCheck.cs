using Culvert.Identity.Service.Http;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status;

/// <summary>One check of the status. New checks must be added to the list in <see cref="StatusRegistration"/>.</summary>
/// <param name="operation">
/// Lists the objects that the findings are about: the check is shown to callers that may call it. Null = to operators of the
/// installation.
/// </param>
internal abstract class StatusCheck(string id, Operation? operation = null) : StatusFindings(id)
{
    public virtual bool IsShownTo(Caller caller) =>
        operation is null ? StatusRights.MayOperate(caller) : StatusRights.MayRead(caller, operation);

    /// <summary>The problems that the caller may see; a single finding that passes if there are none.</summary>
    public abstract Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken);
}
