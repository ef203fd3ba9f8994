using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Configuration;

/// <summary>
/// Applies reloads: it has the <see cref="Current{T}"/> of every section that may change. The plain options of these
/// sections are not in the container, so that no consumer keeps the initial ones.
/// </summary>
internal sealed class OptionsInForce
{
    private readonly IReadOnlyList<Action<ServiceOptions>> sections;
    private readonly JobScheduler jobs;

    private OptionsInForce(IReadOnlyList<Action<ServiceOptions>> sections, JobScheduler jobs)
    {
        this.sections = sections;
        this.jobs = jobs;
    }

    public static void AddTo(IServiceCollection services, ServiceOptions options)
    {
        List<Action<ServiceOptions>> sections = [];
        services.AddSingleton(provider => new OptionsInForce(sections, provider.GetRequiredService<JobScheduler>()));
        Add(whole => whole);
        Add(whole => whole.Outbound);
        Add(whole => whole.Limits);
        Add(whole => whole.Federation);
        Add(whole => new ClockOptions(whole.Federation.Leeway));
        Add(whole => new AuditOptions { Retention = whole.AuditRetention, Targets = whole.AuditTargets });
        Add(whole => whole.Certificates);
        Add(whole => new ApprovalOptions(whole.Certificates.SingleApproval));
        Add(whole => whole.Notices);
        Add(whole => whole.Tunnels);
        Add(whole => whole.Tunnels.Hostnames);
        Add(whole => whole.Agents);
        Add(whole => whole.Mail);
        Add(whole => whole.SignIn);
        Add(whole => whole.Authorization);
        Add(whole => whole.OAuthClients);

        void Add<T>(Func<ServiceOptions, T> select)
            where T : class
        {
            var current = new Current<T>(select(options));
            services.AddSingleton(current);
            sections.Add(next => current.Use(select(next)));
        }
    }

    /// <summary>Applies a configuration whose other keys equal those at start.</summary>
    public async ValueTask UseAsync(ServiceOptions next, CancellationToken cancellationToken)
    {
        foreach (var use in sections)
        {
            use(next);
        }

        await jobs.WaitForPaceAsync(cancellationToken);
    }
}
