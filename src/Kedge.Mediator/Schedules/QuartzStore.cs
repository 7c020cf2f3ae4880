using Kedge.Mediator.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Extensibility;

namespace Kedge.Mediator.Schedules;

/// <summary>Builds Quartz over the database that a mediator has. All that is set of it stands here.</summary>
static class QuartzStore
{
    /// <summary>Runs and protections that one mediator executes at once; what is more waits for its turn, runs before protections.</summary>
    const int MostAtOnce = 256;

    /// <param name="postgres">Shared with other mediators; null: <paramref name="file"/>, for this one alone.</param>
    /// <param name="name">Of this mediator in the cluster; new with each start.</param>
    public static StandaloneSchedulerFactory Build(PostgresDatabase? postgres, string file, string name, IJobFactory jobs, ILoggerFactory logs) =>
        QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.Services.AddSingleton(logs);
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "kedge";
                options.InstanceId = name;
                options.IdleWaitTime = TimeSpan.FromSeconds(5);
                options.MaxBatchSize = 16;
                options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseDefaultThreadPool(MostAtOnce);
            quartz.UseJobFactory(jobs);
            quartz.UsePersistentStore(store =>
            {
                if (postgres is not null)
                {
                    store.UsePostgres(source => source.DataSourceFactory = _ => postgres.Schedules);
                    // A dead mediator's jobs are fired elsewhere after two to three seconds; a paused one is told by its epoch.
                    store.UseClustering(cluster =>
                    {
                        cluster.CheckinInterval = TimeSpan.FromSeconds(1);
                        cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(2);
                    });
                }
                else
                {
                    store.UseSqlite(new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 15 }.ToString());
                }
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = "qrtz_";
                    options.SchemaProvisioning = SchemaProvisioning.Validate;
                    options.MisfireThreshold = TimeSpan.FromMinutes(1);
                    options.DbRetryInterval = TimeSpan.FromSeconds(1);
                    options.RecoverFiringsCancelledByShutdown = true;
                    // A trigger is a promise to a workload: a database that was away is no reason to give it up.
                    options.MaxConsecutiveFireFailures = 0;
                });
            });
        }).Build();
}
