using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Jobs;

internal static class JobsRegistration
{
    public static IServiceCollection AddJobs(this IServiceCollection services) =>
        services
            .AddSingleton<JobPauseStore>()
            .AddSingleton<JobEndpoints>()
            .AddSingleton<JobScheduler>()
            .AddHostedService(provider => provider.GetRequiredService<JobScheduler>());

    /// <summary>Adds a job whose rounds only call a service.</summary>
    /// <param name="interval">Read again when the configuration changes.</param>
    public static IServiceCollection AddJob(
        this IServiceCollection services,
        string name,
        string description,
        Func<IServiceProvider, TimeSpan> interval,
        Func<IServiceProvider, Func<CancellationToken, Task>> work
    ) =>
        services.AddSingleton<RecurringJob>(provider => new ServiceCall(
            name,
            description,
            () => interval(provider),
            work(provider),
            provider.GetRequiredService<TimeProvider>()
        ));

    public static void MapJobs(this ApiHost host)
    {
        var jobs = host.Services.GetRequiredService<JobEndpoints>();
        host.Map(JobOperations.List, jobs.ListAsync);
        host.Map(JobOperations.Run, jobs.RunAsync);
        host.Map(JobOperations.Pause, jobs.PauseAsync);
        host.Map(JobOperations.Resume, jobs.ResumeAsync);
    }

    private sealed class ServiceCall(
        string name,
        string description,
        Func<TimeSpan> interval,
        Func<CancellationToken, Task> work,
        TimeProvider time
    ) : RecurringJob(name, description, interval(), time)
    {
        public override TimeSpan Every => interval();

        protected override Task RunRoundAsync(CancellationToken cancellationToken) => work(cancellationToken);
    }
}
